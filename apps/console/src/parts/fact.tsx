import type { ReactElement, ReactNode } from 'react';

/** One line of a `<dl class="facts">`. */
export const Fact = ({ name, children }: { name: string; children: ReactNode }): ReactElement => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
