export { decodeManifests, type DecodedManifest, type DecodeManifestsOptions } from './decode-manifests.js';
export { readManifests, type ReadManifestsOptions } from './read-manifests.js';
export {
  describeSource,
  isManifestError,
  ManifestError,
  type ManifestPosition,
  type ManifestSource,
} from '../errors/manifest-error.js';
