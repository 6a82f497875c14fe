// Checks a JWT (RFC 7519). What a token says of itself decides nothing: the algorithm is fixed, and `kid`, `jku`, `jwk`
// or `x5u` in its header are not looked at, so nobody can choose with which key or how it is checked.
import { createHmac, timingSafeEqual } from "node:crypto";

const ALGORITHM = "HS256";
const CLOCK_SECONDS = 5; // by which the clocks of two tasks may differ
const LONGEST = 8192;

/** Why a token is refused. The message is for the log and the client; it has nothing of the token in it. */
export class TokenError extends Error {}

/**
 * The claims of a token that is valid now.
 *
 * @param {string} token
 * @param {object} expected
 * @param {import("./signing-secrets.mjs").SigningSecrets} expected.secrets those that may have signed it
 * @param {string} expected.issuer
 * @param {string} expected.audience
 * @param {number} [expected.now] milliseconds since 1970
 */
export async function verify(token, { secrets, issuer, audience, now = Date.now() }) {
  if (token.length > LONGEST) throw new TokenError(`the token is longer than ${LONGEST} characters`);
  const parts = token.split(".");
  if (parts.length !== 3) throw new TokenError("the token must have three parts");
  const [header, payload, signature] = parts;

  const { alg, crit } = decodeObject(header, "header");
  if (alg !== ALGORITHM) throw new TokenError(`the token must be signed with ${ALGORITHM}`);
  // Extensions that must be understood (RFC 7515, 4.1.11); none is.
  if (crit !== undefined) throw new TokenError("the token has critical extensions, and none is supported");

  const signed = `${header}.${payload}`;
  const given = decode(signature, "signature");
  const isSignedBy = (secret) => isEqual(given, createHmac("sha256", secret).update(signed).digest());
  if (!(await secrets.some(isSignedBy))) throw new TokenError("the signature is not valid");

  const claims = decodeObject(payload, "payload");
  checkTime(claims, now / 1000);
  if (claims.iss !== issuer) throw new TokenError("the token has another issuer");
  if (![claims.aud].flat().includes(audience)) throw new TokenError("the token is for another audience");
  if (typeof claims.sub !== "string" || claims.sub === "") throw new TokenError("the token has no subject");
  return claims;
}

function checkTime({ exp, nbf, iat }, seconds) {
  if (!Number.isFinite(exp)) throw new TokenError("the token must have an expiry");
  if (exp <= seconds - CLOCK_SECONDS) throw new TokenError("the token has expired");
  for (const start of [nbf, iat]) {
    if (start === undefined) continue;
    if (!Number.isFinite(start) || start > seconds + CLOCK_SECONDS) throw new TokenError("the token is not valid yet");
  }
}

function isEqual(one, other) {
  return one.length === other.length && timingSafeEqual(one, other);
}

function decode(text, part) {
  const bytes = Buffer.from(text, "base64url");
  // Node.js skips what is not base64url; then two texts would be the same token.
  if (bytes.toString("base64url") !== text) throw new TokenError(`the token's ${part} is not valid base64url`);
  return bytes;
}

function decodeObject(text, part) {
  const bytes = decode(text, part);
  let value;
  try {
    value = JSON.parse(bytes.toString("utf8"));
  } catch {
    throw new TokenError(`the token's ${part} is not valid JSON`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new TokenError(`the token's ${part} must be a JSON object`);
  }
  return value;
}
