import { Link } from '@tanstack/react-router';
import type { Schemas } from '../api/client.js';
import type { Column } from '../parts/list.js';
import { CallbackLink } from '../parts/object-links.js';
import { State } from '../parts/state.js';
import { distance, Time } from '../parts/time.js';

export const deliveryColumns: readonly Column<Schemas['Delivery']>[] = [
  { name: 'Published', cell: ({ id, createdAt }) => <Link to="/deliveries/$id" params={{ id }}><Time at={createdAt} /></Link> },
  { name: 'State', cell: ({ status }) => <State of={status} /> },
  { name: 'Answer', cell: ({ responseStatus, errorClass }) => <code>{responseStatus ?? errorClass ?? '–'}</code> },
  { name: 'Type', cell: ({ eventType }) => <code>{eventType}</code> },
  { name: 'Callback', cell: ({ callback }) => <CallbackLink id={callback} />, minor: true },
  { name: 'Tenant', cell: ({ tenant }) => tenant, minor: true },
  { name: 'Attempts', cell: ({ attemptCount }) => attemptCount, minor: true, isNumber: true },
  { name: 'Next attempt', cell: ({ next }) => (next.step === 'later' && next.notBefore !== null ? <span className="nowrap"><Time at={next.notBefore} /> <span className="soft">({distance(next.notBefore)})</span></span> : <span className="soft">–</span>), minor: true },
  { name: 'Where it stands', cell: ({ explanation }) => <span className="clip" title={explanation}>{explanation}</span>, minor: true },
];
