import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Search } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { groupOf } from './outcomes.js';
import type { Totals } from './totals.js';

interface LegendProps {
  readonly totals: Pick<Totals, 'delivered' | 'failures'>;
  /** The filters of the chart; null = there are no attempts to lead to. */
  readonly search: Search | null;
  /** What a success is called. */
  readonly success?: string;
}

/** The legend of a chart: how many succeeded, and how many failed by error class, with links to these attempts. */
export const Legend = ({ totals: { delivered, failures }, search, success = 'delivered' }: LegendProps): ReactElement => (
  <ul className="legend">
    <li><i className="delivered" />{success} {number.format(delivered)}</li>
    {failures.map(([name, count]) => (
      <li key={name}><i className={groupOf(name)} />{search ? <Link to="/attempts" search={{ ...search, status: ['failed'], errorClass: [name] }}>{name}</Link> : name} {number.format(count)}</li>
    ))}
  </ul>
);
