// What workflows.mjs needs of GitHub's language service, bundled by esbuild before it is loaded: as published, it imports JSON without
// the attributes that Node asks for.
export { validate } from '@actions/languageservice'
export { TextDocument } from 'vscode-languageserver-textdocument'
