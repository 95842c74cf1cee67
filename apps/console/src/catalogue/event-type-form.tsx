import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactElement } from 'react';
import { answer, api, Refused, type Schemas } from '../api/client.js';
import { Dialog, DialogEnd, Opener, type DialogHandle } from '../parts/dialog.js';
import { Form } from '../parts/form.js';
import { formText } from '../parts/form-text.js';
import { labelsIn, LabelsField } from '../parts/labels.js';

type EventType = Schemas['EventType'];

interface EventTypeFormProps {
  /** The one to edit; absent = a new one. */
  readonly eventType?: EventType;
  readonly onSaved: (name: string) => void;
}

/** Makes an event type, or edits one. The API refuses if somebody else has changed it meanwhile. */
export function EventTypeForm({ eventType, onSaved }: EventTypeFormProps): ReactElement {
  const dialog = useRef<DialogHandle>(null);
  const queries = useQueryClient();
  const { mutate, error, isPending, reset } = useMutation({
    mutationFn: async (form: FormData) => {
      const body = bodyOf(form, eventType?.name);
      if (eventType) await answer(api.PUT('/v1/event-types/{name}', { params: { path: { name: body.name }, header: { 'If-Match': `"${eventType.version}"` } }, body }));
      else await answer(api.POST('/v1/event-types', { body }));
      return body.name;
    },
    onSuccess: (name) => {
      dialog.current?.close();
      onSaved(name);
    },
    onSettled: () => Promise.all([queries.invalidateQueries({ queryKey: ['event-types'] }), queries.invalidateQueries({ queryKey: ['event-type'] })]),
  });
  const isOutdated = error instanceof Refused && error.problem.status === 412;
  const close = (): void => { dialog.current?.close(); };
  return (
    <>
      <Opener dialog={dialog} className={eventType ? '' : 'primary'}>{eventType ? 'Edit' : 'New event type'}</Opener>
      <Dialog ref={dialog} title={eventType ? `What is said of ${eventType.name}` : 'A new event type'} onClose={reset}>
        <Form key={eventType?.version} onSubmit={mutate}>
          {!eventType && <label className="field">Name<input name="name" required maxLength={200} spellCheck={false} placeholder="invoice.paid" /></label>}
          <label className="field">Description<input name="description" defaultValue={eventType?.description ?? ''} placeholder="An invoice was paid in full." /></label>
          <label className="field">
            Who it is for
            <select name="audience" defaultValue={eventType?.audience}>
              <option value="addressed">the tenants that each event names</option>
              <option value="broadcast">every tenant</option>
            </select>
          </label>
          <label className="field">
            Approval
            <select name="approval" defaultValue={eventType?.approval}>
              <option value="none">none needed</option>
              <option value="required">a provider approves each subscription</option>
            </select>
          </label>
          <label className="field">
            JSON Schema of the payload; empty = it may be anything
            <textarea name="schema" className="mono" rows={10} spellCheck={false} defaultValue={eventType?.schema ? JSON.stringify(eventType.schema, null, 2) : ''} onInput={({ currentTarget }) => { currentTarget.setCustomValidity(faultOf(currentTarget.value)); }} />
          </label>
          <LabelsField of={eventType?.labels ?? {}} />
          {eventType && <p className="soft">Subscriptions stay as they are. What is published from now on is held to the schema as it is here.</p>}
          {isOutdated && <p className="bad">Somebody has changed it meanwhile. The fields show how it is now; make the change again.</p>}
          <DialogEnd error={isOutdated ? null : error} isPending={isPending} yes={eventType ? 'Save' : 'Create it'} onBack={close} />
        </Form>
      </Dialog>
    </>
  );
}

function bodyOf(form: FormData, name = formText(form, 'name')): Schemas['CreateEventType'] {
  const [description, schema] = [formText(form, 'description'), formText(form, 'schema')];
  return {
    name,
    description: description === '' ? null : description,
    audience: formText(form, 'audience') === 'broadcast' ? 'broadcast' : 'addressed',
    approval: formText(form, 'approval') === 'required' ? 'required' : 'none',
    labels: labelsIn(formText(form, 'labels')),
    schema: schema === '' ? null : (JSON.parse(schema) as Record<string, unknown>),
  };
}

/** The fault that the browser shows at the field; empty = there is none. */
function faultOf(schema: string): string {
  if (schema.trim() === '') return '';
  try {
    const value: unknown = JSON.parse(schema);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? '' : 'A JSON Schema is a JSON object here.';
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
