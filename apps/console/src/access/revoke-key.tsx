import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Asked } from '../parts/asked.js';
import { OfSettings } from './bootstrap-key.js';

/** Revokes an API key, after a question. */
export function RevokeKey({ apiKey }: { apiKey: Schemas['ApiKey'] }): ReactElement {
  const { id, name } = apiKey;
  const queries = useQueryClient();
  return (
    <Asked
      name="Revoke"
      className="small"
      question={`Revoke “${name}”?`}
      yes="Revoke it"
      isFinal
      act={() => answer(api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } }))}
      onDone={() => queries.invalidateQueries({ queryKey: ['api-keys'] })}
    >
      <p>Whoever uses it is refused from now on, and its sessions here end. It cannot be given back.</p>
      <OfSettings apiKey={apiKey} />
    </Asked>
  );
}
