import type { ReactElement } from 'react';
import type { Schemas } from '../api/client.js';
import { number } from '../parts/numbers.js';

/** How far an operation is. */
export const Progress = ({ operation: { sent, count } }: { operation: Schemas['Operation'] }): ReactElement => (
  <span className="nowrap">
    <span className="share minor" aria-hidden="true"><i className="even" style={{ width: `${count === 0 ? 100 : Math.min(100, (100 * sent) / count)}%` }} /></span>
    {number.format(sent)} of {number.format(count)}
  </span>
);
