#!/bin/sh
# Makes a self-signed certificate for localhost, for development only: ECDSA P-256, a year.
# Does nothing when FOLDER has one that is good for another day. Never commit what it makes.
#
#   make-dev-certificate.sh FOLDER      writes FOLDER/tls.crt and FOLDER/tls.key (mode 600)
set -eu

folder=${1:?usage: make-dev-certificate.sh FOLDER}
mkdir -p "$folder"
if [ -s "$folder/tls.key" ] && openssl x509 -in "$folder/tls.crt" -noout -checkend 86400 >/dev/null 2>&1; then
  exit 0
fi

umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 365 \
  -subj '/CN=localhost/O=payment-cluster development' \
  -addext 'subjectAltName=DNS:localhost,DNS:gateway,IP:127.0.0.1,IP:::1' \
  -addext 'basicConstraints=critical,CA:FALSE' \
  -addext 'keyUsage=critical,digitalSignature' \
  -addext 'extendedKeyUsage=serverAuth' \
  -keyout "$folder/tls.key.new" -out "$folder/tls.crt.new" 2>/dev/null
chmod 644 "$folder/tls.crt.new"
mv "$folder/tls.key.new" "$folder/tls.key"
mv "$folder/tls.crt.new" "$folder/tls.crt"
