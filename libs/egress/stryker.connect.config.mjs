import { guard } from './stryker.config.mjs';

export default guard(['connect'], ['connect.int', 'egress-proxy.int']);
