import type { RefusalCatalogue } from '../../../../kernel/errors/refusal';

/** Codes of trying rules, within the ledger's catalogue. */
export const simulationRefusals = {
  LEDGER_SIMULATION_TOO_LARGE: {
    meaning: 'There are more purchases in the stretch than are replayed at once.',
    action: 'Choose a shorter stretch; `purchasesMax` says how many are replayed.',
    retryable: false,
    type: 'SimulationTooLarge',
    precedence: 52,
  },
  PARTNERS_CONDITION_NOT_VALID: {
    meaning: 'The condition cannot be read, compares what cannot be compared, calls what it may not, or is too large.',
    action: 'Correct it at `position`, which the refusal carries; try it with `tryCondition` first.',
    retryable: false,
    type: 'ConditionNotValid',
    precedence: 51,
  },
} as const satisfies RefusalCatalogue;
