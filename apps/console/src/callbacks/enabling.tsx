import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { ProblemBox } from '../parts/problem-box.js';

/** Disables or enables a callback. The API refuses if somebody else has changed it meanwhile. */
export function Enabling({ callback: { id, enabled, version } }: { callback: Schemas['Callback'] }): ReactElement {
  const queries = useQueryClient();
  const { mutate, error, isPending } = useMutation({
    mutationFn: () => answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: { enabled: !enabled } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callback', id] }),
  });
  return (
    <>
      <button type="button" disabled={isPending} onClick={() => { mutate(); }}>{enabled ? 'Disable' : 'Enable'}</button>
      {error && <ProblemBox error={error} />}
    </>
  );
}
