export { startTestStack as default } from './test-stack.js';
