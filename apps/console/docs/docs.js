/* global document, Redoc, trustedTypes */
// What Redoc makes of the description's Markdown, which is our own, is the only HTML that this page sets.
if (globalThis.trustedTypes) trustedTypes.createPolicy('default', { createHTML: (html) => html });
Redoc.init(
  '/v1/openapi.json',
  // The search would be a worker made out of a text, which the page's policy forbids: the browser's own finds everything, as it is one page.
  { disableSearch: true, expandResponses: '', jsonSampleExpandLevel: 3, nativeScrollbars: true, theme: { typography: { fontFamily: 'system-ui, sans-serif', headings: { fontFamily: 'system-ui, sans-serif' } } } },
  document.getElementById('api'),
);
