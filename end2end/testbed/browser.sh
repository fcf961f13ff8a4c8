#!/bin/sh
# A guest's browser: it runs in the testbed's client node, outside of the mesh, and is controlled through
# inherited pipes. It uses the testbed's DNS servers and checks certificates; the testbed's CA
# is trusted by browser policy.
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
