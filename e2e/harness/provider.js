// An identity provider beside the product: OpenID Connect with a real key, on another site than the company's host. Its
// log-in page asks for nothing but a press.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import http from "node:http";

export const client = { id: "fence-e2e", secret: "between client and provider" };

/** Starts a provider that proves whoever `who` is when somebody presses its button. */
export async function startProvider() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwk = { ...createPublicKey(privateKey).export({ format: "jwk" }), kid: "e2e", alg: "RS256", use: "sig" };
  const codes = new Map();
  const provider = { who: null, stop: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };

  const answers = {
    "/.well-known/openid-configuration": (_, answer) => json(answer, 200, {
      issuer: provider.issuer,
      authorization_endpoint: `${provider.issuer}/authorize`,
      token_endpoint: `${provider.issuer}/token`,
      jwks_uri: `${provider.issuer}/keys`,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      code_challenge_methods_supported: ["S256"],
    }),
    "/keys": (_, answer) => json(answer, 200, { keys: [jwk] }),
    "/authorize": ({ query }, answer) => page(answer, `<h1>Prove it</h1><form method="post" action="/proved"><input type="hidden" name="query" value="${encodeURIComponent(query.toString())}"><button>I am ${provider.who.name}</button></form>`),
    "/proved": ({ body }, answer) => {
      const asked = new URLSearchParams(decodeURIComponent(body.get("query")));
      const code = randomBytes(16).toString("hex");
      codes.set(code, asked);
      const back = new URLSearchParams({ code, state: asked.get("state"), iss: provider.issuer });
      answer.writeHead(303, { Location: `${asked.get("redirect_uri")}?${back}` }).end();
    },
    "/token": ({ body, headers }, answer) => {
      const [id, secret] = Buffer.from((headers.authorization ?? "").replace("Basic ", ""), "base64").toString().split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
      if (id !== client.id || secret !== client.secret) return json(answer, 401, { error: "invalid_client" });
      const asked = codes.get(body.get("code"));
      codes.delete(body.get("code"));
      const challenge = createHash("sha256").update(body.get("code_verifier") ?? "").digest("base64url");
      if (!asked || challenge !== asked.get("code_challenge") || body.get("redirect_uri") !== asked.get("redirect_uri")) return json(answer, 400, { error: "invalid_grant" });
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: provider.issuer, aud: client.id, iat: now, exp: now + 300, nonce: asked.get("nonce"), sub: provider.who.email, email: provider.who.email, email_verified: true, name: provider.who.name };
      return json(answer, 200, { access_token: "for nobody", token_type: "Bearer", id_token: token(privateKey, claims) });
    },
  };
  const server = http.createServer(async (request, answer) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    let text = "";
    for await (const piece of request) text += piece;
    const known = answers[pathname];
    if (known) known({ query: searchParams, body: new URLSearchParams(text), headers: request.headers }, answer);
    else answer.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.issuer = `http://127.0.0.1:${server.address().port}`;
  return provider;
}

function token(key, claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const words = `${part({ alg: "RS256", typ: "JWT", kid: "e2e" })}.${part(claims)}`;
  return `${words}.${sign("RSA-SHA256", Buffer.from(words), key).toString("base64url")}`;
}

function json(answer, status, body) {
  answer.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function page(answer, body) {
  answer.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(`<!doctype html><html lang="en"><title>Provider</title><link rel="icon" href="data:,"><body>${body}</body></html>`);
}
