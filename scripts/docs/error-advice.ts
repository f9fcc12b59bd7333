/** What to do about each error class that a package exports: the last column of docs/reference/errors.md. */
export const errorAdvice: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'api-types': {
    AlreadyExistsError: 'Take another name, or `apply` instead of `create`.',
    ApiError: 'See `reason`: one of those below.',
    BadRequestError: 'Correct the call; the message says what of it cannot be understood.',
    ConflictError:
      'Read the object again and redo the change (`retryOnConflict`); in an apply, agree on the fields named, or `force`.',
    ExpiredError: 'List again and watch from there.',
    InternalError: 'Not to be expected: report it with its message and cause.',
    InvalidError: 'Correct the fields in `errors`: each has path, value and rule.',
    NotFoundError:
      'Check name, namespace and registry; what a controller looks for and does not find is often just done.',
    TimeoutError: 'Look whether it took effect, then try again.',
    TooLargeError: 'Make the object smaller: at most 1 MiB, annotations 256 KiB.',
    TooManyRequestsError: 'Wait, then try again.',
    UnavailableError:
      'See to what the message names (a full or read-only disk, for instance); it works again by itself then.',
  },
  registry: {
    CorruptStoreError:
      'Keep the file, restore a backup, or open it read-only to save what can be read. [Durability](../concepts/durability.md#when-the-file-is-damaged)',
    ForeignFileError: 'Name another file: this one belongs to another program and is left as it is.',
    ManifestError: 'Correct the manifest at the file, line and column named.',
    NetworkFileSystemError: 'Move the registry to a local disk.',
    NewerSchemaError: 'Update this program: a newer one has written the file.',
    RevisionMismatchError: 'Read again and redo the change; `Registry` does it where it may.',
    StoreClosedError: 'Do not use a registry after `close`.',
    StoreMissingError: 'Check the path; the operator makes the file, or the first `apply` does.',
    StoreReplacedError:
      'Open the registry anew, which is what is at the path now; `backup` still saves what is in the file that was open. [Durability](../concepts/durability.md#when-the-file-is-moved-removed-or-replaced)',
  },
  'ecsm-client': {
    AnswerTooLargeError: 'Ask for less at a time (`pageSize`), or raise the limit of the client.',
    ApiError: 'See `reason` and the words of the platform.',
    CallTimeoutError: 'Try again; on a slow link raise the timeout. Nothing was carried out.',
    ClientClosedError: 'Do not use a client after `close`.',
    ConnectionFailedError: 'Check address, network and certificates; nothing was sent.',
    ConnectionLostError: 'Try again; what was asked for has not been carried out.',
    EmptyAnswerError: 'Look at what stands between here and the platform.',
    HtmlAnswerError: 'Check address and base path: a proxy or another server has answered.',
    HttpStatusError: 'Look at what stands between here and the platform.',
    InvalidCallError: 'Correct the arguments; nothing was sent.',
    MalformedJsonError: 'Try again; if it stays, look at what stands between here and the platform.',
    NullDataError: 'Try again; if it stays, report it with the version of the platform.',
    OutcomeUnknownError: 'Look whether it took effect before doing it again.',
    UnexpectedAnswerError: 'Report it with the version of the platform.',
    WrongContentTypeError: 'Check address and base path.',
  },
  informer: {
    HandlerFailedError: 'Mend the handler; the informer and other handlers go on.',
    InformerError: 'See `code`: one of those below.',
    InformerStoppedError: 'Make a new informer: a stopped one does not start again.',
    NotSyncedError: 'Wait longer, or see `cause` for why the first list failed.',
    PollFailedError: 'Nothing: it is tried again; the source’s error is the `cause`.',
    PollTimeoutError: 'Nothing: it is tried again; on a slow source raise the timeout.',
    TransformFailedError: 'Mend the transform; the object it failed on is missing from the cache.',
    UnusableAnswerError: 'Mend the source: its answer breaks the contract of `ListWatch`.',
    WatchIdleError: 'Nothing: it lists and watches again.',
  },
  'controller-runtime': {
    AlreadyOwnedError: 'Let one controller own the object; the message names the present owner.',
    CacheSyncTimeoutError: 'See why the source does not answer, or raise `cacheSyncTimeoutMs`.',
    LeaseLostError: 'Start the program again: it waits for the lead.',
    RetryAfterError: 'Throw it to choose the moment of the next try yourself.',
    RunAbortedError: 'Let it pass: the run was ended from outside, and `reason` says why.',
    TerminalError: 'Throw it when trying again is of no use before something changes.',
  },
  'ecsm-simulator': {
    PlatformError: 'Throw it in a fault script to refuse a call as the platform would.',
    SpecError: 'Correct the description of the cluster at the places named.',
  },
};
