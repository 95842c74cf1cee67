export * from './advice.js';
export * from './client-auth/index.js';
export * from './failure-pause.js';
export * from './issuer-metadata.js';
export * from './stored-token.js';
export * from './token-life.js';
export * from './token-request.js';
export * from './token-response.js';
