// The API: a health check, one path that needs a valid token, and an end that loses no request.
import { execFileSync } from "node:child_process";
import { createServer } from "node:https";

import { ParameterStore } from "./parameter-store.mjs";
import { SecretsUnavailableError, SigningSecrets } from "./signing-secrets.mjs";
import { TokenError, verify } from "./tokens.mjs";

const IDLE_MS = 65_000; // longer than the load balancer keeps idle connections
const STOP_MS = 25_000; // less than drain_seconds: a request that takes longer is closed, not killed

const VARIABLES = ["PORT", "AWS_REGION", "JWT_ISSUER", "JWT_AUDIENCE", "JWT_CURRENT_PARAMETER", "JWT_PREVIOUS_PARAMETER"];
const missing = VARIABLES.filter((name) => !process.env[name]);
if (missing.length) {
  log("fatal", `environment variables are missing: ${missing.join(", ")}`);
  process.exit(1);
}

const store = new ParameterStore(process.env);
const parameters = [process.env.JWT_CURRENT_PARAMETER, process.env.JWT_PREVIOUS_PARAMETER];
const secrets = new SigningSecrets(() => store.read(parameters), {
  onError: ({ message, cause }) =>
    log("error", `the secrets that sign tokens cannot be read: ${message}${cause ? ` (${cause.message})` : ""}`),
});
const expected = { secrets, issuer: process.env.JWT_ISSUER, audience: process.env.JWT_AUDIENCE };

async function answer(request) {
  const path = request.url.split("?", 1)[0];
  // Whether this process works, whatever it depends on: a new task would not make a database come back.
  if (path === "/api/health") return [200, { status: "healthy" }];
  if (path !== "/api/me") return [404, { error: "not found" }];
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (!token) return [401, { error: "a bearer token is missing" }, { "www-authenticate": "Bearer" }];
  const claims = await verify(token, expected);
  return [200, { subject: claims.sub }];
}

function answerToError(error) {
  if (error instanceof TokenError) {
    return [401, { error: error.message }, { "www-authenticate": 'Bearer error="invalid_token"' }];
  }
  if (error instanceof SecretsUnavailableError) return [503, { error: error.message }, { "retry-after": "5" }];
  log("error", `a request failed: ${error.stack}`);
  return [500, { error: "the request failed" }];
}

function log(level, message) {
  process.stdout.write(`${JSON.stringify({ level, time: new Date().toISOString(), message })}\n`);
}

// A key of this task only, and only in memory. The load balancer checks no certificate.
const pem = execFileSync(
  "openssl",
  "req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=backend -keyout - -out -".split(" "),
  { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] },
);

let stopping = false;
const server = createServer({ key: pem, cert: pem, keepAliveTimeout: IDLE_MS }, async (request, response) => {
  request.resume(); // no path reads a body
  const [status, body, headers] = await answer(request).catch(answerToError);
  response.writeHead(status, {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...(stopping && { connection: "close" }),
    ...headers,
  });
  response.end(`${JSON.stringify(body)}\n`);
});
server.headersTimeout = IDLE_MS + 1_000;
server.listen(Number(process.env.PORT), () => log("info", `listening on port ${process.env.PORT}`));

process.once("SIGTERM", () => {
  stopping = true;
  log("info", "stopping");
  server.close(() => log("info", "stopped")); // accepts no more connections, closes idle ones, waits for the others
  setTimeout(() => server.closeAllConnections(), STOP_MS).unref();
});
