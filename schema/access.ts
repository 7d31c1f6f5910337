import {
  buildSchema,
  getNamedType,
  isObjectType,
  isUnionType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

/** Who may call. `partner` holds a key with the scope the field needs; `staff` are a partner's people. */
export const ACTORS = ['anonymous', 'partner', 'member', 'staff', 'admin', 'finance', 'host'] as const;
export type Actor = (typeof ACTORS)[number];

/** Whether an actor sees a field: always, of what is its own, or not at all. */
export type Cell = 'yes' | 'own' | 'no';

const INSIDERS = 'partner member staff admin finance';

/**
 * Who may use each field of the graph's roots, in words: an actor, or an actor with `:own` when it only reaches what is its own.
 * A field without a row fails the tests; gateway/e2e/access holds every cell to what the running hub does.
 */
export const ROOT_ACCESS: Readonly<Record<string, string>> = {
  'Query.accountFreezes': 'admin finance',
  'Query.adjustments': 'admin finance',
  'Query.currentCycle': 'partner staff admin finance',
  'Query.currentPartner': 'partner:own staff:own',
  'Query.tryCondition': 'admin',
  'Query.campaignCalendar': 'admin',
  'Query.experimentReport': 'admin finance',
  'Query.experiments': 'admin',
  'Query.campaignReport': 'admin finance',
  'Query.campaignVerdicts': 'admin finance',
  'Query.campaignReports': 'admin finance',
  'Query.currentProgramme': INSIDERS,
  'Query.closingPackage': 'partner:own staff:own admin finance',
  'Query.guarantees': 'partner:own staff:own admin finance',
  'Query.runOffs': 'partner:own staff:own admin finance',
  'Query.explainLine': 'partner:own staff:own admin finance',
  'Query.simulateClose': 'admin finance',
  'Query.simulateRule': 'staff:own admin',
  'Query.tryEarningRule': 'staff:own admin',
  'Query.packageKey': 'partner member staff admin finance host',
  'Query.cycleLines': 'admin finance',
  'Query.journal': 'admin finance',
  'Query.lotBook': 'admin finance',
  'Query.memberAccounts': 'admin finance',
  'Query.partyAccounts': 'admin finance',
  'Query.coalitionIndicators': 'admin finance',
  'Query.contractLiability': 'partner:own staff:own admin finance',
  'Query.pointLiability': 'partner:own staff:own admin finance',
  'Query.redemptionRates': 'admin finance',
  'Query.me': 'member:own',
  'Query.member': 'partner:own member:own staff:own admin finance',
  'Query.memberFacts': 'member:own admin',
  'Query.memberTotals': 'admin finance',
  'Query.missingClaims': 'partner:own member:own staff:own admin finance',
  'Query.myInvitations': 'member:own',
  'Query.myVouchers': 'member:own',
  'Query.operatorSettlementDetails': 'partner staff admin finance',
  'Query.partner': INSIDERS,
  'Query.partnerTotals': 'admin finance',
  'Query.partners': INSIDERS,
  'Query.pointFlows': 'admin finance',
  'Query.previewPurchase': 'partner:own',
  'Query.previewRedemption': 'partner:own',
  'Query.programme': 'admin host',
  'Query.programmeClock': INSIDERS,
  'Query.reward': INSIDERS,
  'Query.rewards': INSIDERS,
  'Query.runningSurvey': 'admin',
  'Query.segments': 'admin finance',
  'Query.termsNoticeProgress': 'admin finance',

  'Query.settlementCycle': 'partner staff admin finance',
  'Query.settlementCycles': 'partner staff admin finance',
  'Query.settlementDocument': 'partner:own staff:own admin finance',
  'Query.settlementDocuments': 'partner:own staff:own admin finance',
  'Query.settlementStatement': 'partner:own staff:own admin finance',
  'Query.surveyScore': 'admin',
  'Mutation.approveProgrammeTerms': 'admin finance',
  'Mutation.proposeProgrammeTerms': 'admin',
  'Mutation.withdrawProgrammeTerms': 'admin',
  'Mutation.acknowledgeTermsNotice': 'member:own',
  'Mutation.addBranch': 'admin',
  'Mutation.addPartner': 'admin',
  'Mutation.addToSegment': 'admin',
  'Mutation.advanceSettlementCycle': 'admin',
  'Mutation.agreeContract': 'admin',
  'Mutation.agreeStatement': 'partner staff',
  'Mutation.approveBuyOut': 'admin finance',
  'Mutation.approveDefault': 'admin finance',
  'Mutation.approveGuaranteePayment': 'admin finance',
  'Mutation.approveRunOff': 'admin finance',
  'Mutation.beginRunOff': 'admin',
  'Mutation.declareDefault': 'admin',
  'Mutation.endRunOff': 'admin',
  'Mutation.recordGuaranteePayment': 'admin',
  'Mutation.approveContract': 'admin finance',
  'Mutation.answerMissingClaim': 'partner:own',
  'Mutation.answerSurvey': 'member:own',
  'Mutation.approveAdjustment': 'admin finance',
  'Mutation.approveDispute': 'admin finance',
  'Mutation.approveRedemptionRate': 'admin finance',
  'Mutation.approveSettlementStep': 'admin finance',
  'Mutation.buyOutLots': 'admin',
  'Mutation.cancelPending': 'partner:own admin',
  'Mutation.captureHold': 'partner:own',
  'Mutation.claimMissingPoints': 'member:own',
  'Mutation.claimReceipt': 'member:own',
  'Mutation.clawBackPoints': 'partner:own admin',
  'Mutation.closeSurvey': 'admin',
  'Mutation.closeBranch': 'admin',
  'Mutation.confirmPartnerLink': 'member:own',
  'Mutation.createProgramme': 'host',
  'Mutation.createReward': 'partner:own admin',
  'Mutation.createSegment': 'admin',
  'Mutation.cutOffSettlementCycle': 'admin',
  'Mutation.disputeStatementLine': 'partner staff',
  'Mutation.donatePoints': 'member:own',
  'Mutation.enrolMember': 'partner:own admin',
  'Mutation.extendExpiry': 'admin',
  'Mutation.holdPoints': 'partner:own',
  'Mutation.importBankStatement': 'admin finance',
  'Mutation.issuePartnerKey': 'admin',
  'Mutation.openSurvey': 'admin',
  'Mutation.liftSuspension': 'admin',
  'Mutation.partnerLeaves': 'admin',
  'Mutation.postAccrual': 'partner:own admin',
  'Mutation.proposeAdjustment': 'admin',
  'Mutation.proposeContract': 'admin',
  'Mutation.proposeRedemptionRate': 'admin',
  'Mutation.recordAction': 'partner:own',
  'Mutation.recordPurchase': 'partner:own',
  'Mutation.recordCampaignDecision': 'admin',
  'Mutation.recordCampaignResponses': 'partner:own',
  'Mutation.recordPurchases': 'partner:own',
  'Mutation.recordUnclaimedSale': 'partner:own',
  'Mutation.redeemPoints': 'partner:own',
  'Mutation.redeemPool': 'partner:own',
  'Mutation.redeemReward': 'partner:own member:own',
  'Mutation.reinstatePoints': 'admin',
  'Mutation.rejectAdjustment': 'admin finance',
  'Mutation.releaseHold': 'partner:own',
  'Mutation.releasePending': 'partner:own admin',
  'Mutation.resolveDispute': 'admin',
  'Mutation.removeFromSegment': 'admin',
  'Mutation.returnPurchase': 'partner:own',
  'Mutation.reverseRedemption': 'partner:own admin',
  'Mutation.revokePartnerKey': 'admin',
  'Mutation.setActionRule': 'admin',
  'Mutation.stopPurchaseRule': 'admin',
  'Mutation.stopCampaign': 'admin',
  'Mutation.setPurposeBudget': 'admin',
  'Mutation.setPurchaseRule': 'admin',
  'Mutation.proposeRule': 'admin',
  'Mutation.approveRule': 'admin finance',
  'Mutation.withdrawRule': 'admin',
  'Mutation.setConversionRate': 'admin',
  'Mutation.createExperiment': 'admin',
  'Mutation.stopExperiment': 'admin',
  'Mutation.createCampaign': 'admin',
  'Mutation.changeCampaign': 'admin',
  'Mutation.setEarningRule': 'admin',
  'Mutation.setIntake': 'staff:own admin',
  'Mutation.setMemberAttribute': 'partner:own',
  'Mutation.setProfilingConsent': 'member:own',
  'Mutation.setPartnerKeyAddresses': 'admin',
  'Mutation.setSettlementDetails': 'admin',
  'Mutation.setTestClock': 'admin',
  'Mutation.suspendPartner': 'admin',
  'Mutation.transferPoints': 'member:own',
  'Mutation.unfreezeAccount': 'admin',
  'Mutation.withdrawContract': 'admin',
  'Subscription.accountFreezesChanged': 'admin finance',
  'Subscription.balanceChanged': 'partner:own member:own admin finance',
  'Subscription.partnerExposureChanged': 'partner:own staff:own admin finance',
  'Subscription.settlementCycleChanged': 'partner staff admin finance',
  'Subscription.tierChanged': 'partner:own member:own admin finance',
};

/**
 * Objects and fields whose row does not follow from who can reach them: an object that is fetched by reference has its own
 * guard, some fields are for fewer than their object, and few for more.
 */
export const OBJECT_ACCESS: Readonly<Record<string, string>> = {
  Account: 'partner:own member:own admin finance',
  // The head seals every section, and is the same for all partners (docs/adr/0016-closing-package.md).
  'ClosingPackage.head': 'partner staff admin finance',
  'ClosingPackage.key': 'partner staff admin finance',
  'ClosingPackage.recordsAtOnce': 'partner staff admin finance',
  'ClosingPackage.signature': 'partner staff admin finance',
  Hold: 'partner:own member:own admin',
  SurveyInvitation: 'member:own admin',
  Voucher: 'partner:own member:own staff:own admin',
  'Member.account': 'partner:own member:own admin finance',
  'Member.experimentArms': 'partner:own member:own admin finance',
  // The catalogue, cheapest first: it says nothing of the member.
  'Member.rewardsForMe': 'partner member staff admin finance',
  'Member.termsNotices': 'member:own admin finance',
  'Member.tier': 'partner:own member:own admin finance',
  'Member.tierAt': 'partner:own member:own admin finance',
  'Member.tierHistory': 'partner:own member:own admin finance',
  'Partner.actionRules': 'partner:own staff:own admin finance',
  'Partner.contract': 'partner:own staff:own admin finance',
  'Partner.contractProposals': 'admin finance',
  'Partner.contracts': 'partner:own staff:own admin finance',
  'Partner.earningRule': 'partner:own staff:own admin finance',
  'Partner.intake': 'partner:own staff:own admin finance',
  'Partner.keys': 'partner:own staff:own admin finance',
  'Partner.leavingSince': 'partner:own staff:own admin finance',
  'Partner.ruleProposals': 'admin finance',
  // Partners see each other as on an invoice: account numbers are masked, mandates left out.
  'Partner.settlementDetails': 'partner staff admin finance',
  'Partner.status': 'partner:own staff:own admin finance',
  'PartnerDefault.shares': 'partner:own staff:own admin finance',
  'Programme.termsChanges': 'partner member staff admin finance',
  'SettlementCycle.defaults': 'partner:own staff:own admin finance',
  'SettlementCycle.directionalTotals': 'partner:own staff:own admin finance',
  'SettlementCycle.netPositions': 'partner:own staff:own admin finance',
  'SettlementDetails.creditorSchemeId': 'partner:own staff:own admin finance',
  'SettlementDetails.mandateId': 'partner:own staff:own admin finance',
  'SettlementDetails.mandateSignedOn': 'partner:own staff:own admin finance',
};

/** Every field of the graph with every actor's cell. */
export type AccessMatrix = ReadonlyMap<string, Readonly<Record<Actor, Cell>>>;

/**
 * Works the matrix out: a root field has its row; a field of an object is seen by whoever can reach the object, unless it or the
 * object has a row; an object can be reached by whoever sees a field that answers it. docs/ACCESS.md names them all, so that
 * a field that is new and takes its object's row is read by whoever reviews the change.
 *
 * @param apiSdl the graph as clients see it
 * @throws Error naming root fields without a row, fields that no root leads to, and rows of no field
 */
export function accessMatrix(apiSdl: string): AccessMatrix {
  const schema = buildSchema(apiSdl);
  assertComplete(schema);
  const reach = new Map<string, Record<Actor, Cell>>();
  const matrix = new Map<string, Record<Actor, Cell>>();
  const rooted = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()] as GraphQLObjectType[];
  const due: [GraphQLObjectType, Record<Actor, Cell> | null][] = rooted.map((type) => [type, null]);
  for (let next = due.pop(); next !== undefined; next = due.pop()) {
    const [type, seen] = next;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const row = rowOf(coordinate, seen);
      matrix.set(coordinate, widest(matrix.get(coordinate), row));
      for (const below of objectsOf(schema, field.type)) {
        const before = reach.get(below.name);
        const own = OBJECT_ACCESS[below.name];
        const after = own === undefined ? widest(before, row) : cells(own);
        // An object is looked at again only when somebody more can reach it, so this ends.
        if (before !== undefined && ACTORS.every((actor) => before[actor] === after[actor])) continue;
        reach.set(below.name, after);
        due.push([below, after]);
      }
    }
  }
  assertNamed(schema, matrix);
  return matrix;
}

function rowOf(coordinate: string, seen: Record<Actor, Cell> | null): Record<Actor, Cell> {
  const words = ROOT_ACCESS[coordinate] ?? OBJECT_ACCESS[coordinate];
  return words === undefined ? (seen ?? cells('')) : cells(words);
}

function cells(words: string): Record<Actor, Cell> {
  const said = new Map(words.split(' ').map((word) => word.split(':') as [string, string | undefined]));
  const cell = (actor: Actor): Cell => (!said.has(actor) ? 'no' : said.get(actor) === 'own' ? 'own' : 'yes');
  return Object.fromEntries(ACTORS.map((actor) => [actor, cell(actor)])) as Record<Actor, Cell>;
}

const ORDER: readonly Cell[] = ['no', 'own', 'yes'];

function widest(one: Record<Actor, Cell> | undefined, other: Record<Actor, Cell>): Record<Actor, Cell> {
  if (one === undefined) return other;
  const cell = (actor: Actor) => ORDER[Math.max(ORDER.indexOf(one[actor]), ORDER.indexOf(other[actor]))] as Cell;
  return Object.fromEntries(ACTORS.map((actor) => [actor, cell(actor)])) as Record<Actor, Cell>;
}

function objectsOf(schema: GraphQLSchema, given: Parameters<typeof getNamedType>[0]): GraphQLObjectType[] {
  const type = getNamedType(given);
  if (isObjectType(type)) return [type];
  if (isUnionType(type)) return [...type.getTypes()];
  return type !== undefined && 'getInterfaces' in type ? [...schema.getPossibleTypes(type as never)] : [];
}

function assertComplete(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((name) => `${type?.name}.${name}`));
  const unknown = Object.keys(OBJECT_ACCESS).filter((coordinate) => {
    const [type = '', field] = coordinate.split('.');
    const found = schema.getType(type);
    return !(isObjectType(found) && (field === undefined || field in found.getFields()));
  });
  const faults = [
    ...fields.filter((field) => !(field in ROOT_ACCESS)).map((field) => `${field} has no row in schema/access.ts`),
    ...Object.keys(ROOT_ACCESS)
      .filter((row) => !fields.includes(row))
      .concat(unknown)
      .map((row) => `${row} in schema/access.ts is no field of the graph`),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

/** What nobody can reach has no rule, and would have one as soon as something answers it. */
function assertNamed(schema: GraphQLSchema, matrix: AccessMatrix): void {
  const objects = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type));
  const coordinates = objects
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  const missing = coordinates.filter((coordinate) => !matrix.has(coordinate));
  if (missing.length > 0)
    throw new Error(missing.map((field) => `${field} has no rule: no root leads to it`).join('\n'));
}
