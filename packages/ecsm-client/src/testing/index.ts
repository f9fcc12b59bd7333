// Without a platform
export { FakeClientset } from './fake-clientset.js';
export type { FakeAnswer, FakeCall, FakeMethod, FakeResource, FakeResult } from './fake-clientset.js';

// With HTTP, but a script in place of the platform
export { ScriptedServer, Expectation } from './scripted-server.js';
export type { ReceivedRequest, RequestPattern } from './scripted-server.js';
export { envelopeOf, pageOf } from './scripted-answer.js';
export type { RawReply, ScriptedAnswer } from './scripted-answer.js';
