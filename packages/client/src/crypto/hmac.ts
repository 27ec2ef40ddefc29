const HMAC_SHA256 = { name: 'HMAC', hash: 'SHA-256' }

/** HMAC-SHA256 by WebCrypto, which browsers have in secure contexts alone. */
export async function hmacSha256(secret: Uint8Array<ArrayBuffer>, message: string): Promise<Uint8Array> {
  const key = await crypto.subtle.importKey('raw', secret, HMAC_SHA256, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(message)))
}
