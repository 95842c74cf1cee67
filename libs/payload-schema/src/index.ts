export { schemaFaults } from './schema-faults.js';
export { payloadFaults } from './payload-faults.js';
