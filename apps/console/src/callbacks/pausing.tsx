import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState, type ReactElement } from 'react';
import { answer, api, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { Time } from '../parts/time.js';

const HOUR_MS = 3_600_000;
const LENGTHS: readonly (readonly [ms: number, name: string])[] = [[HOUR_MS / 4, '15 minutes'], [HOUR_MS, 'an hour'], [4 * HOUR_MS, '4 hours'], [24 * HOUR_MS, 'a day'], [168 * HOUR_MS, 'a week']];

/** Whether it is paused now: nothing is sent, and everything is kept. */
export const isPaused = ({ pausedUntil }: Schemas['Callback']): boolean => pausedUntil !== null && Date.parse(pausedUntil) > Date.now();

/** Pauses a callback, or ends its pause. The dialog says what will happen. */
export const Pausing = ({ callback }: { callback: Schemas['Callback'] }): ReactElement => (isPaused(callback) ? <Resume callback={callback} /> : <Pause callback={callback} />);

function Pause({ callback: { id, version } }: { callback: Schemas['Callback'] }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const [isToTheMinute, setToTheMinute] = useState(false);
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: (form: FormData) => {
      const until = formText(form, 'until');
      const pausedUntil = new Date(until === '' ? Date.now() + Number(formText(form, 'length')) : until).toISOString();
      return answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: { pausedUntil } }));
    },
    onSuccess: () => dialog.current?.close(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callback', id] }),
  });
  return (
    <>
      <Opener dialog={dialog}>Pause</Opener>
      <Dialog ref={dialog} title="Pause this callback?" onClose={() => { reset(); setToTheMinute(false); }}>
        <Form onSubmit={mutate}>
          <label className="field">
            For
            <select name="length" defaultValue={HOUR_MS} onChange={({ target }) => { setToTheMinute(target.value === ''); }}>
              {LENGTHS.map(([ms, name]) => <option key={ms} value={ms}>{name}</option>)}
              <option value="">until a time…</option>
            </select>
          </label>
          {isToTheMinute && <label className="field">Until, in this browser’s time zone<input name="until" type="datetime-local" required min={localMinute(Date.now() + 60_000)} /></label>}
          <p>Until then nothing is sent, and everything is kept: new events are held, and so are retries when they are due. No attempt is spent. Tests are sent all the same.</p>
          <p className="soft">Afterwards what was kept goes evenly, oldest first, within ten minutes. An endpoint that is gone for good is better disabled: what comes meanwhile is skipped then.</p>
          <DialogEnd error={error} isPending={isPending} yes="Pause it" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}

function Resume({ callback: { id, version, pausedUntil } }: { callback: Schemas['Callback'] }): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async (form: FormData) => {
      await answer(api.PATCH('/v1/callbacks/{id}', { params: { path: { id }, header: { 'If-Match': `"${version}"` } }, body: { pausedUntil: null } }));
      if (form.has('now')) await answer(api.POST('/v1/callbacks/{id}/send-now', { params: { path: { id } }, body: { dryRun: false } }));
    },
    onSuccess: () => dialog.current?.close(),
    onSettled: () => queries.invalidateQueries({ queryKey: ['callback', id] }),
  });
  return (
    <>
      <Opener dialog={dialog} className="primary">Resume</Opener>
      <Dialog ref={dialog} title="End the pause?" onClose={reset}>
        <Form onSubmit={mutate}>
          <p>It would end by itself: <Time at={pausedUntil} />. New events are sent at once from now on.</p>
          <label className="check"><input type="checkbox" name="now" /><span>Send what was kept at once, as fast as the limits allow. Otherwise it goes evenly, beginning within ten minutes.</span></label>
          <DialogEnd error={error} isPending={isPending} yes="End the pause" onBack={() => dialog.current?.close()} />
        </Form>
      </Dialog>
    </>
  );
}

/** As `<input type="datetime-local">` writes it. */
const localMinute = (ms: number): string => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
