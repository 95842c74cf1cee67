import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import manifest from './package.json' with { type: 'json' };

/** Where `npm run dev` finds the API: what `npm start` prints. */
const API = process.env.NUNCIO_URL ?? 'http://127.0.0.1:7070';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  define: { __VERSION__: JSON.stringify(manifest.version) },
  build: {
    target: 'es2023',
    sourcemap: true,
    // The content security policy allows neither data: URLs nor inline scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Their licences ask that whoever gets a copy gets their text.
    license: { fileName: 'licences.md' },
    // What loads what: the spec of the sizes reads it.
    manifest: 'manifest.json',
    rollupOptions: {
      input: { index: 'index.html', portal: 'portal.html', embed: 'src/portal/embed.ts' },
      output: {
        // Pages of other companies load it by this name.
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
        // One file for what every page needs: it compresses better than twenty, by 6 kB.
        codeSplitting: { groups: [{ name: 'shell', test: /src[\\/](?:start|shell[\\/]shell)\.tsx$/ }] },
      },
      preserveEntrySignatures: 'exports-only',
    },
  },
  server: { host: '127.0.0.1', proxy: { '/v1': API, '/auth': API } },
});
