import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import { answer, api } from '../api/client.js';
import { Asked } from './asked.js';

interface DeleteProps {
  readonly path: '/v1/callbacks/{id}' | '/v1/credentials/{id}' | '/v1/subscriptions/{id}';
  readonly of: { readonly id: string; readonly version: number };
  readonly question: string;
  readonly className?: string;
  readonly onDone: () => void;
  /** What will happen. */
  readonly children: ReactNode;
}

/** Deletes an object, after a question. The API refuses if another one depends on it, and names that. */
export function Delete({ path, of: { id, version }, question, className = '', onDone, children }: DeleteProps): ReactElement {
  const queries = useQueryClient();
  const act = (): Promise<unknown> => answer(api.DELETE(path, { params: { path: { id }, header: { 'If-Match': `"${version}"` } } }));
  const done = (): Promise<unknown> => {
    onDone();
    return queries.invalidateQueries({ queryKey: [path.split('/')[2]] });
  };
  return <Asked name="Delete" className={className} question={question} yes="Delete it" isFinal act={act} onDone={done}>{children}</Asked>;
}
