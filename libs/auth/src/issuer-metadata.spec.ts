import { describe, expect, it } from '@jest/globals';
import { metadataUrls, readTokenEndpoint } from './index.js';

const answer = (metadata: object, status = 200) => ({ status, headers: {}, body: Buffer.from(JSON.stringify(metadata)) });

describe("an issuer's metadata", () => {
  it('is looked for between host and path, then after the path', () => {
    expect(metadataUrls('https://as.example.com/t/1/')).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server/t/1',
      'https://as.example.com/t/1/.well-known/openid-configuration',
    ]);
    expect(metadataUrls('https://as.example.com')[0]).toBe('https://as.example.com/.well-known/oauth-authorization-server');
  });

  it('gives the issuer as the server writes it', () => {
    const metadata = { issuer: 'https://as.example.com/', token_endpoint: 'https://as.example.com/token' };
    expect(readTokenEndpoint('https://as.example.com', answer(metadata), false)).toEqual({ url: 'https://as.example.com/token', issuer: 'https://as.example.com/' });
  });

  it('gives the token endpoint only of that issuer', () => {
    const metadata = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' };
    expect(readTokenEndpoint('https://as.example.com', answer(metadata), false)?.url).toBe('https://as.example.com/token');
    expect(readTokenEndpoint('https://as.example.com/', answer(metadata), false)?.url).toBe('https://as.example.com/token');
    expect(readTokenEndpoint('https://other.example.com', answer(metadata), false)).toBeNull();
    expect(readTokenEndpoint('https://as.example.com', answer(metadata, 404), false)).toBeNull();
    expect(readTokenEndpoint('https://as.example.com', answer({ ...metadata, token_endpoint: '/token' }), false)).toBeNull();
  });

  it('gives the endpoint for certificates to clients that present one', () => {
    const metadata = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' };
    const aliased = { ...metadata, mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example.com/token' } };
    const endpoint = (of: object, showsCertificate: boolean) => readTokenEndpoint('https://as.example.com', answer(of), showsCertificate)?.url;
    expect(endpoint(aliased, true)).toBe('https://mtls.example.com/token');
    expect(endpoint(aliased, false)).toBe('https://as.example.com/token');
    for (const aliases of [null, 'x', {}]) expect(endpoint({ ...metadata, mtls_endpoint_aliases: aliases }, true)).toBe('https://as.example.com/token');
  });
});
