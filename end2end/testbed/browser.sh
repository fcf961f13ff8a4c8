#!/bin/sh
# A guest's browser: it runs on the internet's side of the world, in the node of its client, and is led from here through
# the pipes that it inherits. Names are asked of that internet's DNS servers, and certificates are checked; its authority
# is trusted as a browser in an office trusts the office's, by policy.
# shellcheck disable=SC2016
exec /var/lib/toast-testbed/toast-testbed exec net-client -- sh -euc '
    roots=$(awk "/^-/ { if (/BEGIN/) text = text sep \"\\\"\"; else { text = text \"\\\"\"; sep = \",\" } next }
                 { text = text \$0 } END { print text }" /etc/toast/guest-roots.pem)
    for folder in /etc/chromium /etc/opt/chrome; do
        mkdir -p "$folder/policies/managed"
        printf "{\"CACertificates\":[%s]}\n" "$roots" >"$folder/policies/managed/toast.json"
    done
    export HOME=/tmp
    exec "$0" "$@"
' "${TOAST_BROWSER:-chromium}" "$@"
