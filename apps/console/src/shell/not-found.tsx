import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';

export const NotFound = (): ReactElement => (
  <main className="login">
    <div>
      <h1>There is nothing here.</h1>
      <p>
        <Link to="/">To the overview</Link>
      </p>
    </div>
  </main>
);
