import type { Subscription } from '@nuncio/contracts';
import type { Resource } from '../event-store/index.js';
import { present } from '../presentation.js';

export const showSubscription = (resource: Resource<Subscription>) => {
  const { tenant, callback, eventTypes, filter, state, reason, approved } = resource.state;
  return present(resource, { tenant, callback, eventTypes, filter, state, reason, approved });
};
