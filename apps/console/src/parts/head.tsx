import type { ReactElement, ReactNode } from 'react';

interface HeadProps {
  readonly title: string;
  /** Buttons. */
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

/** The top of a page: its name, and one sentence on what it shows. */
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
