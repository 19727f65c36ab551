#!/bin/sh
# Asks the endpoint with curl: KEY is one of its two keys, URL its address.
curl --fail-with-body --silent --show-error "$URL" \
    --header "Authorization: Bearer $KEY" \
    --header "Content-Type: application/json" \
    --data "@$(dirname "$0")/sample.json"
echo
