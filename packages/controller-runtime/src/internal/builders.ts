import {
  checkOptions,
  formatKey,
  keyOf,
  must,
  type ApiObject,
  type KindDefinition,
  type OptionRules,
} from '@ecsm/api-types';

import type {
  KeyControllerBuilder,
  KindSource,
  Mapper,
  NewController,
  ObjectControllerBuilder,
  OwnsOptions,
  SourceOptions,
} from '../controller-builder.js';
import type { ControllerOptions } from '../controller-options.js';
import type { Controller } from '../controller.js';
import type { ReconcileFunction, ReconcileKeyFunction, Reconciler } from '../reconciler.js';
import { KeyRunner } from '../run/key-runner.js';
import { ObjectRunner } from '../run/object-runner.js';
import { kindSource } from '../sources/kind-source.js';
import { ownersOf } from '../sources/owners-of.js';
import type { SourceFactory } from '../sources/source.js';
import { triggerSource, type TriggerOptions, type TriggerStream } from '../sources/trigger-source.js';
import {
  checkControllerName,
  checkFinalizerName,
  checkFunction,
  checkKind,
  checkReconciler,
  checkTriggerStream,
} from './check-arguments.js';
import { checkControllerOptions } from './check-controller-options.js';
import { checkOwnsOptions, checkSourceOptions } from './check-source-options.js';
import type { ControllerDefinition } from './controller-definition.js';

/** Receives a controller that is fully described. */
export type Register = (definition: ControllerDefinition) => Controller;

const triggerRules: OptionRules<TriggerOptions> = { name: must.beText };

function misuse(name: string | undefined, message: string): TypeError {
  return new TypeError(`controller ${name === undefined ? 'without a name' : `"${name}"`} ${message}`);
}

/** The first step; each later step has a class of its own, so that a wrong order neither compiles nor runs. */
export class ControllerStart implements NewController {
  #name: string | undefined;
  readonly #register: Register;
  #begun = false;

  constructor(name: string | undefined, register: Register) {
    checkControllerName(name);
    this.#name = name;
    this.#register = register;
  }

  /** The error of a description that was begun and has no end. */
  unfinished(): TypeError {
    return misuse(this.#name, 'has no reconciler: end its description with .reconcile(…) or .reconcileKeys(…)');
  }

  for<T extends ApiObject>(kind: KindDefinition<T>, options: SourceOptions<T> = {}): ObjectControllerBuilder<T> {
    checkKind('what a controller is for', kind);
    this.#begin(`for ${kind.kind}`);
    this.#name ??= kind.singular;
    return new ObjectBuilder(this.#name, kind, options, this.#register);
  }

  watches<U extends ApiObject>(
    source: KindSource<U>,
    mapper: Mapper<U>,
    options?: SourceOptions<U>,
  ): KeyControllerBuilder {
    return this.#keys().watches(source, mapper, options);
  }

  trigger(stream: TriggerStream, options?: TriggerOptions): KeyControllerBuilder {
    return this.#keys().trigger(stream, options);
  }

  /** For JavaScript, which lets one forget it: here nothing says yet what to reconcile. */
  reconcile(): never {
    throw misuse(this.#name, 'is for no kind yet: write manager.controller().for(kind).reconcile(…)');
  }

  #keys(): KeyBuilder {
    if (this.#name === undefined) throw misuse(undefined, 'needs one, since it has no kind to be named after');
    this.#begin('a second time');
    return new KeyBuilder(this.#name, this.#register);
  }

  #begin(what: string): void {
    if (this.#begun) {
      throw misuse(this.#name, `cannot be described ${what}: go on with what the first call returned`);
    }
    this.#begun = true;
  }
}

/** What both kinds of controllers have: sources, options, and one end. */
abstract class SourcesBuilder {
  protected readonly name: string;
  readonly #register: Register;
  readonly #sources: SourceFactory[] = [];
  #options: ControllerOptions = {};
  #finished = false;

  constructor(name: string, register: Register) {
    this.name = name;
    this.#register = register;
  }

  watches<U extends ApiObject>(source: KindSource<U>, mapper: Mapper<U>, options: SourceOptions<U> = {}): this {
    checkKind(`what controller "${this.name}" watches`, source, { orListWatch: true });
    checkSourceOptions(`a source of controller "${this.name}"`, options);
    checkFunction(`the mapper of controller "${this.name}"`, mapper, 'say which keys an object concerns');
    return this.add(kindSource(source, mapper, options));
  }

  trigger(stream: TriggerStream, options: TriggerOptions = {}): this {
    checkTriggerStream(this.name, stream);
    checkOptions(`a trigger of controller "${this.name}"`, options, triggerRules);
    return this.add(triggerSource(stream, options));
  }

  options(options: ControllerOptions): this {
    checkControllerOptions(this.name, options);
    this.#options = { ...this.#options, ...options };
    return this;
  }

  protected add(source: SourceFactory): this {
    this.#sources.push(source);
    return this;
  }

  protected finalizerName(fallback: string): string {
    return this.#options.finalizer ?? fallback;
  }

  protected finish(makeRunner: ControllerDefinition['makeRunner']): Controller {
    if (this.#finished)
      throw misuse(this.name, 'has a reconciler already: describe a second controller for another one');
    this.#finished = true;
    return this.#register({ name: this.name, options: this.#options, sources: this.#sources, makeRunner });
  }
}

class ObjectBuilder<T extends ApiObject> extends SourcesBuilder implements ObjectControllerBuilder<T> {
  readonly #kind: KindDefinition<T>;

  constructor(name: string, kind: KindDefinition<T>, options: SourceOptions<T>, register: Register) {
    super(name, register);
    checkSourceOptions(`the source of controller "${name}"`, options);
    this.#kind = kind;
    this.add(kindSource(kind, undefined, options));
  }

  owns<U extends ApiObject>(source: KindSource<U>, options: OwnsOptions<U> = {}): this {
    checkKind(`what controller "${this.name}" owns`, source, { orListWatch: true });
    checkOwnsOptions(`a source of controller "${this.name}"`, options);
    const owner = this.#kind;
    const mapper: Mapper<U> = (object, { log }) =>
      ownersOf(object, owner, options.everyOwner, (apiVersion) => {
        log.warn(
          { object: formatKey(keyOf(object)), apiVersion },
          'an owner reference is malformed and leads to nobody',
        );
      });
    return this.add(kindSource(source, mapper, options));
  }

  reconcile(reconciler: ReconcileFunction<T> | Reconciler<T>): Controller {
    checkReconciler(this.name, reconciler);
    const parts = typeof reconciler === 'function' ? { reconcile: reconciler } : reconciler;
    const finalizer = this.finalizerName(`${this.#kind.group}/${this.name}`);
    const broken = parts.cleanup && checkFinalizerName(finalizer);
    if (broken !== undefined) {
      throw misuse(this.name, `needs options({ finalizer }) for its cleanup: "${finalizer}" ${broken}`);
    }
    return this.finish((environment) => new ObjectRunner(this.#kind, parts, finalizer, environment));
  }
}

class KeyBuilder extends SourcesBuilder implements KeyControllerBuilder {
  reconcileKeys(reconcile: ReconcileKeyFunction): Controller {
    checkFunction(
      `reconcileKeys of controller "${this.name}"`,
      reconcile,
      'write .reconcileKeys(async (key) => done())',
    );
    return this.finish(() => new KeyRunner(reconcile));
  }
}
