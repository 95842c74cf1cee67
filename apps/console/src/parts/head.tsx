import type { ReactElement, ReactNode } from 'react';

interface HeadProps {
  readonly title: string;
  /** What can be done here. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** The top of a list: its name, and what it answers in one sentence. */
export const Head = ({ title, actions, children }: HeadProps): ReactElement => (
  <div className="head">
    <title>{`${title} · Nuncio`}</title>
    <div>
      <h1>{title}</h1>
      {children !== undefined && <p className="soft">{children}</p>}
    </div>
    {actions && <div className="actions">{actions}</div>}
  </div>
);
