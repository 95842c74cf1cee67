import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Search } from '../explorer/search.js';
import type { Totals } from './totals.js';

const number = new Intl.NumberFormat('en-GB');

/** What the colours of the chart are, and what failed by its class; each leads to its attempts. `search` = what the chart is about. */
export const Legend = ({ totals: { delivered, failures }, search }: { totals: Totals; search: Search }): ReactElement => (
  <ul className="legend">
    <li><i className="ok" />delivered {number.format(delivered)}</li>
    {failures.map(([name, count]) => (
      <li key={name}><i className="ko" /><Link to="/attempts" search={{ ...search, status: ['failed'], errorClass: [name] }}>{name}</Link> {number.format(count)}</li>
    ))}
  </ul>
);
