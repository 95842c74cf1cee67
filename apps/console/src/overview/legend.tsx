import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Search } from '../explorer/search.js';
import { number } from '../parts/numbers.js';
import { groupOf } from './outcomes.js';
import type { Totals } from './totals.js';

/** The legend of the chart: how many were delivered, and how many failed by error class, with links to these attempts. `search` = the filters of the chart. */
export const Legend = ({ totals: { delivered, failures }, search }: { totals: Totals; search: Search }): ReactElement => (
  <ul className="legend">
    <li><i className="delivered" />delivered {number.format(delivered)}</li>
    {failures.map(([name, count]) => (
      <li key={name}><i className={groupOf(name)} /><Link to="/attempts" search={{ ...search, status: ['failed'], errorClass: [name] }}>{name}</Link> {number.format(count)}</li>
    ))}
  </ul>
);
