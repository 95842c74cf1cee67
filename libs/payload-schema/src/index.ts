export { schemaFaults } from './schema-faults.js';
export { payloadFault, payloadFaults } from './payload-faults.js';
