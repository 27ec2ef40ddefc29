#!/bin/sh
# Run by the nginx image before it renders the templates.
set -eu
exec /gateway/make-dev-certificate.sh /run/gateway/tls
