import { Scheme } from '../scheme.js';
import { ControllerRevision } from './controller-revision-kind.js';
import { ECSMHpa } from './ecsm-hpa-kind.js';
import { ECSMService } from './ecsm-service-kind.js';
import { Event } from './event-kind.js';
import { Lease } from './lease-kind.js';

/** All kinds of this product; add your own with {@link Scheme.with}. */
export const ecsmScheme: Scheme = new Scheme([ECSMService, ECSMHpa, Event, Lease, ControllerRevision]);
