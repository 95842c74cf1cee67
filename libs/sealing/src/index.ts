export * from './echoes.js';
export * from './key-ring.js';
export * from './seal.js';
export * from './secret.js';
