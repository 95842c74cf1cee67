import type { ReactElement, ReactNode } from 'react';

/** The top of a list: its name, and what it answers in one sentence. */
export const Head = ({ title, children }: { title: string; children?: ReactNode }): ReactElement => (
  <div className="head">
    <div>
      <h1>{title}</h1>
      {children !== undefined && <p className="soft">{children}</p>}
    </div>
  </div>
);
