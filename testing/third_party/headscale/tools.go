//go:build tools

// Package tools names the program that this module exists for: it cannot be built by its version alone.
package tools

import _ "github.com/juanfont/headscale/cmd/headscale"
