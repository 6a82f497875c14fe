// Runs in CloudFront before each request (cloudfront-js-2.0). `settings` is declared in front of this text.
// No template literals: Terraform would take their placeholders for its own.

function handler(event) {
  const request = event.request;
  if (settings.maintenance) {
    return answer(settings.maintenance);
  }
  if (settings.singlePage && isPage(request)) {
    request.uri = "/index.html";
  }
  return request;
}

// A page is what a browser shows: a path whose last part has no ending. /.well-known/ is read by programs.
function isPage(request) {
  const isRead = request.method === "GET" || request.method === "HEAD";
  const last = request.uri.slice(request.uri.lastIndexOf("/") + 1);
  return isRead && last.indexOf(".") === -1 && !request.uri.startsWith("/.well-known/");
}

function answer(maintenance) {
  return {
    statusCode: 503,
    statusDescription: "Service Unavailable",
    headers: {
      "cache-control": { value: "no-store" },
      "content-type": { value: maintenance.contentType },
      "retry-after": { value: maintenance.retryAfter },
    },
    body: { encoding: "text", data: maintenance.body },
  };
}
