import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useFailingCallbacks, useFailingCredentials } from '../incidents/failing.js';
import type { Range } from './range.js';
import type { Totals } from './totals.js';

const number = new Intl.NumberFormat('en-GB');
const share = new Intl.NumberFormat('en-GB', { style: 'percent', maximumFractionDigits: 1 });
const some = (count: number, one: string, more: string): string => `${number.format(count)} ${count === 1 ? one : more}`;

/** Whether it is well; where not, whose fault it is. */
export function WellOrNot({ totals, range }: { totals: Totals; range: Range }): ReactElement {
  const [endpoints, clients] = [useFailingCallbacks().data?.length, useFailingCredentials().data?.length];
  const failing = [endpoints ? some(endpoints, 'endpoint', 'endpoints') : null, clients ? some(clients, 'credential', 'credentials') : null].filter((part) => part !== null);
  return (
    <>
      {totals.attempts === 0 ? `Nothing was attempted in the ${range.name}.` : `${share.format(totals.delivered / totals.attempts)} of ${some(totals.attempts, 'attempt', 'attempts')} in the ${range.name} were delivered.`}{' '}
      {failing.length > 0 ? <Link to="/incidents">{failing.join(' and ')} {(endpoints ?? 0) + (clients ?? 0) === 1 ? 'fails' : 'fail'} now.</Link> : endpoints === 0 && clients === 0 ? 'Nothing fails now.' : ''}
    </>
  );
}
