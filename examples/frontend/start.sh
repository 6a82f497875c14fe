#!/bin/sh
# Makes what differs in each task, in its only writable folders, then runs nginx until ECS stops the task.
set -eu
port=${PORT:?is missing: it is the port that nginx listens on, and ECS sets it}

# A key of this task only. The load balancer checks no certificate, so nothing has to be in the image.
umask 077
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=frontend \
    -keyout /tmp/key.pem -out /tmp/certificate.pem 2>/dev/null
sed "s/\${PORT}/$port/" /etc/nginx/site.conf >/tmp/nginx.conf

nginx -c /tmp/nginx.conf &
# At SIGTERM nginx would close connections at once; at SIGQUIT it finishes the requests first.
trap 'kill -QUIT $!' TERM QUIT
wait $! || wait $! # the first one ends at the signal, the second with nginx
