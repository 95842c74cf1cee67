import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';

const BOOTSTRAP_ID = 'key_bootstrap';

/** What revoking means for the key that config-service has from its settings. */
export const OfSettings = ({ apiKey: { id } }: { apiKey: Schemas['ApiKey'] }): ReactElement | null =>
  id === BOOTSTRAP_ID ? <p>It is <code>ADMIN_API_KEY</code> in the settings of config-service. Once revoked it does not come back: set another one there, or take it away.</p> : null;
