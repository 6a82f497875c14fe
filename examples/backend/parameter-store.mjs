// Reads parameters with the task's own role. `@aws-sdk/client-ssm` does the same, with retries; this shows that it takes
// no more than a signed request.
import { createHash, createHmac } from "node:crypto";

const TIMEOUT_MS = 3_000;
const RENEW_MS = 5 * 60_000; // before they expire
const TARGET = "AmazonSSM.GetParameters";
const TYPE = "application/x-amz-json-1.1";

export class ParameterStore {
  #region;
  #endpoint;
  #credentialsUrl;
  #credentials;

  /** @param {Record<string, string | undefined>} environment the variables that ECS sets in every task */
  constructor(environment) {
    this.#region = environment.AWS_REGION;
    this.#endpoint = new URL(environment.AWS_ENDPOINT_URL_SSM ?? `https://ssm.${this.#region}.amazonaws.com/`);
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    this.#credentialsUrl =
      environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ??
      `http://169.254.170.2${environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI}`;
  }

  /** The values of parameters, decrypted, in the order of their names. */
  async read(names) {
    const { Parameters: found } = await this.#call(JSON.stringify({ Names: names, WithDecryption: true }));
    const values = new Map(found.map(({ Name, Value }) => [Name, Value]));
    const missing = names.filter((name) => !values.has(name));
    if (missing.length) throw new Error(`Parameter Store has no ${missing.join(", ")}`);
    return names.map((name) => values.get(name));
  }

  async #call(body) {
    const headers = this.#sign(body, await this.#currentCredentials(), new Date());
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(this.#endpoint, { method: "POST", headers, body, signal });
    const text = await response.text();
    // The name of the error only: a message can have what the caller sent in it.
    if (!response.ok) throw new Error(`Parameter Store answered ${response.status} ${errorName(text)}`);
    return JSON.parse(text);
  }

  async #currentCredentials() {
    if (!this.#credentials || Date.parse(this.#credentials.Expiration) - Date.now() < RENEW_MS) {
      const response = await fetch(this.#credentialsUrl, { signal: AbortSignal.timeout(TIMEOUT_MS) });
      if (!response.ok) throw new Error(`the task's credentials cannot be read: ${response.status}`);
      this.#credentials = await response.json();
    }
    return this.#credentials;
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
  #sign(body, { AccessKeyId: id, SecretAccessKey: secret, Token: token }, date) {
    const time = date.toISOString().replace(/[-:]|\.\d+/g, "");
    const day = time.slice(0, 8);
    const headers = {
      "content-type": TYPE,
      host: this.#endpoint.host,
      "x-amz-date": time,
      "x-amz-security-token": token,
      "x-amz-target": TARGET,
    };
    const names = Object.keys(headers).join(";");
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const request = ["POST", "/", "", lines.join(""), names, hash(body)].join("\n");
    const scope = `${day}/${this.#region}/ssm/aws4_request`;
    const key = [day, this.#region, "ssm", "aws4_request"].reduce(hmac, `AWS4${secret}`);
    const signature = hmac(key, ["AWS4-HMAC-SHA256", time, scope, hash(request)].join("\n")).toString("hex");
    const { host, ...sent } = headers; // fetch sends the host itself
    return {
      ...sent,
      authorization: `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
    };
  }
}

function errorName(text) {
  try {
    return String(JSON.parse(text).__type ?? "").replace(/^.*#/, "");
  } catch {
    return "";
  }
}

function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key, text) {
  return createHmac("sha256", key).update(text).digest();
}
