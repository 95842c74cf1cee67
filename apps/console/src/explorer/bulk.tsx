import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Fragment, useRef, useState, type ReactElement } from 'react';
import { answer, api } from '../api/client.js';
import { selectionInWords } from '../operations/selection.js';
import { Dialog, Opener, type DialogHandle } from '../parts/dialog.js';
import { number, some } from '../parts/numbers.js';
import { duration } from '../parts/time.js';
import { ProblemBox } from '../parts/problem-box.js';
import { useMe } from '../shell/me.js';
import { mayRedeliver } from '../shell/roles.js';
import { CallbackLink } from '../parts/object-links.js';
import { toSelect, type DeliveryQuery, type Search } from './search.js';

const ACTS = {
  '/v1/replays': { name: 'Send again', of: 'deliveries that have ended are sent once more, without retries' },
  '/v1/deliveries/send-now': { name: 'Send now', of: 'deliveries that are pending or held go at once' },
  '/v1/deliveries/cancel': { name: 'Cancel', of: 'deliveries that wait are not sent' },
} as const;
type Path = keyof typeof ACTS;
const PATHS = Object.keys(ACTS) as Path[];

/** Does one thing with all deliveries that the filters select. It counts them first. */
export function Bulk({ search }: { search: Search }): ReactElement | null {
  const dialog = useRef<DialogHandle>(null);
  const [path, choose] = useState<Path>('/v1/replays');
  const role = useMe().data?.role;
  const select = toSelect<DeliveryQuery>(search);
  const callbacks = [search.callback ?? []].flat();
  const words = selectionInWords({ filters: select });
  const { mutate, data, error, isPending, reset } = useMutation({
    mutationFn: (dryRun: boolean) => answer(api.POST(path, { body: { select, dryRun } })),
  });
  if (!mayRedeliver(role)) return null;
  const close = (): void => { dialog.current?.close(); };
  return (
    <>
      <Opener dialog={dialog}>Do with all of these</Opener>
      <Dialog ref={dialog} title="What shall be done with all of these?" onClose={() => { reset(); choose('/v1/replays'); }}>
        {data?.operation === undefined ? (
          <>
            <label className="field">
              What
              <select value={path} onChange={({ target }) => { reset(); choose(target.value as Path); }}>
                {PATHS.map((each) => <option key={each} value={each}>{ACTS[each].name}</option>)}
              </select>
            </label>
            <p>{words === '' && callbacks.length === 0 ? 'No filter is set: this is about all deliveries.' : <>Selected: <strong>{words}{callbacks.map((id) => <Fragment key={id}> to <CallbackLink id={id} /></Fragment>)}</strong>.</>} Of these, {ACTS[path].of}.</p>
            {error && <ProblemBox error={error} />}
            <div role="status">
              {data && <p><strong>{some(data.count, 'delivery', 'deliveries')}{data.seconds !== undefined && data.count > 0 && `, in about ${duration(data.seconds * 1_000)}`}.</strong></p>}
              {data?.byCallback?.slice(0, 8).map(({ callback, count }) => <div key={callback}><CallbackLink id={callback} /> {number.format(count)}</div>)}
            </div>
            <div className="actions">
              <button type="button" onClick={close}>Back</button>
              <button type="button" className={data ? '' : 'primary'} disabled={isPending} onClick={() => { mutate(true); }}>Count</button>
              {data && data.count > 0 && <button type="button" className="primary" disabled={isPending} onClick={() => { mutate(false); }}>{ACTS[path].name}: {number.format(data.count)}</button>}
            </div>
          </>
        ) : (
          <>
            <p role="status">It has begun: {some(data.count, 'delivery', 'deliveries')}.</p>
            <div className="actions"><button type="button" onClick={close}>Close</button><Link className="button primary" to="/operations">Watch it</Link></div>
          </>
        )}
      </Dialog>
    </>
  );
}
