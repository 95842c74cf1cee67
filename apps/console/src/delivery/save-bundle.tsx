import { useMutation } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { ProblemBox } from '../parts/problem-box.js';
import { bundleOf } from './bundle.js';

/** The browser may still read the file after the click. */
const KEPT_MS = 60_000;

/** Saves everything about a delivery as a file. */
export function SaveBundle({ id }: { id: string }): ReactElement {
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => {
      const url = URL.createObjectURL(new Blob([`${JSON.stringify(await bundleOf(id), null, 2)}\n`], { type: 'application/json' }));
      const link = document.createElement('a');
      Object.assign(link, { href: url, download: `${id}.json` });
      link.click();
      setTimeout(() => { URL.revokeObjectURL(url); }, KEPT_MS);
    },
  });
  return (
    <>
      <button type="button" disabled={isPending} title="The delivery, its attempts, event and payload, callback and subscription in one file, with secrets redacted" onClick={() => { mutate(); }}>Save as JSON</button>
      {error && <ProblemBox error={error} />}
    </>
  );
}
