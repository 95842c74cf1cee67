import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { formText } from '../parts/form-text.js';

/** Takes any id (`dlv_`, `att_`, `evt_`, `cb_`), or the CloudEvents id of an event, and goes there. */
export function Find(): ReactElement {
  const navigate = useNavigate();
  const [missed, setMissed] = useState('');
  const find = async (id: string): Promise<void> => {
    setMissed('');
    if (id.startsWith('dlv_')) return navigate({ to: '/deliveries/$id', params: { id } });
    if (id.startsWith('evt_')) return navigate({ to: '/events/$id', params: { id } });
    if (id.startsWith('cb_')) return navigate({ to: '/callbacks/$id', params: { id } });
    if (id.startsWith('att_')) {
      const attempt = await answer(api.GET('/v1/attempts/{id}', { params: { path: { id } } })).catch(() => null);
      if (attempt) return navigate({ to: '/deliveries/$id', params: { id: attempt.delivery } });
    } else {
      const { items } = await answer(api.GET('/v1/events', { params: { query: { ceId: [id], limit: 1 } } }));
      if (items[0]) return navigate({ to: '/events/$id', params: { id: items[0].id } });
    }
    setMissed('Nothing has this id, or it is not yours.');
  };
  return (
    <form
      role="search"
      action={(data) => find(formText(data, 'id'))}
      className="find"
    >
      <input name="id" type="search" required placeholder="Go to an id" aria-label="Go to an id" autoComplete="off" spellCheck={false} />
      <span role="status" className="bad">
        {missed}
      </span>
    </form>
  );
}
