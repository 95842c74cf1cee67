import { Link } from '@tanstack/react-router';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { Sentence } from '../parts/sentence.js';
import { State } from '../parts/state.js';
import { Time, until } from '../parts/time.js';
import type { Search } from './search.js';

/** Whether all deliveries of the list go to the same callback, which a narrow row need not name then. */
const isOfOneCallback = ({ callback = [] }: Search): boolean => [callback].flat().length === 1 && ![callback].flat().join().startsWith('!');

/** Of a list of deliveries. `list` = its filters, which a delivery's page is given, so that one can go on to the next delivery there. */
export const deliveryColumns = (list: Search): readonly Column<Schemas['Delivery']>[] => [
  { name: 'Published', cell: ({ id, createdAt }) => <Link to="/deliveries/$id" params={{ id }} search={{ list }}><Time at={createdAt} /></Link> },
  { name: 'State', cell: ({ status, next }) => <span className="nowrap"><State of={status} />{next.step === 'later' && next.notBefore !== null && <span className="soft minor" title={next.notBefore}> {until(next.notBefore)}</span>}</span> },
  { name: 'Answer', cell: ({ responseStatus, errorClass }) => <code>{responseStatus ?? errorClass ?? '–'}</code>, minor: true },
  { name: 'Event type', cell: ({ eventType, callback }) => <><code className="clip" title={eventType}>{eventType}</code>{!isOfOneCallback(list) && <span className="narrow"><CallbackLink id={callback} /></span>}</> },
  { name: 'Callback', cell: ({ callback, tenant }) => <CallbackLink id={callback} tenant={tenant} />, minor: true },
  { name: 'Tenant', cell: ({ tenant }) => <span className="clip short" title={tenant}>{tenant}</span>, isExtra: true },
  { name: 'Subscription', cell: ({ subscription }) => <Link to="/subscriptions/$id" params={{ id: subscription }}><code className="clip short">{subscription}</code></Link>, isExtra: true },
  { name: 'CloudEvents id', cell: ({ ceId }) => <code className="clip short" title={ceId}>{ceId}</code>, isExtra: true },
  { name: 'Attempts', cell: ({ attemptCount }) => attemptCount, isExtra: true, isNumber: true },
  { name: 'Next attempt', cell: ({ next }) => <Time at={next.step === 'later' ? next.notBefore : null} />, isExtra: true },
  { name: 'Where it stands', cell: ({ status, explanation }) => <span className={status === 'delivered' ? '' : 'lines'} title={explanation}><Sentence of={inList(explanation)} /></span>, minor: true, grows: true },
];

/** The row says already when it was published. */
const inList = (explanation: string): string => explanation.replace(/ after it was published\.$/, '');
