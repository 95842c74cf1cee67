import { describe, expect, it } from '@jest/globals';
import { metadataUrls, readTokenEndpoint } from './index.js';

const answer = (metadata: object, status = 200) => ({ status, headers: {}, body: Buffer.from(JSON.stringify(metadata)) });

describe("an issuer's metadata", () => {
  it('is looked for between host and path, then behind the path', () => {
    expect(metadataUrls('https://as.example.com/t/1/')).toEqual([
      'https://as.example.com/.well-known/oauth-authorization-server/t/1',
      'https://as.example.com/t/1/.well-known/openid-configuration',
    ]);
    expect(metadataUrls('https://as.example.com')[0]).toBe('https://as.example.com/.well-known/oauth-authorization-server');
  });

  it('names the token endpoint of that issuer alone', () => {
    const metadata = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' };
    expect(readTokenEndpoint('https://as.example.com', answer(metadata))).toBe('https://as.example.com/token');
    expect(readTokenEndpoint('https://other.example.com', answer(metadata))).toBeNull();
    expect(readTokenEndpoint('https://as.example.com', answer(metadata, 404))).toBeNull();
    expect(readTokenEndpoint('https://as.example.com', answer({ ...metadata, token_endpoint: '/token' }))).toBeNull();
  });
});
