"""The part of Linear's schema that matters here, with Linear's own names and types; whatever else is asked for is refused.

Source: https://studio.apollographql.com/public/Linear-API/variant/current/schema/reference.
"""

from __future__ import annotations

from graphql import GraphQLSchema, build_schema

_PAGED = "after: String, before: String, first: Int, includeArchived: Boolean, last: Int, orderBy: PaginationOrderBy"
_ISSUE = f"""
  archivedAt: DateTime
  assignee: User
  botActor: ActorBot
  branchName: String!
  canceledAt: DateTime
  comments({_PAGED}, filter: CommentFilter): CommentConnection!
  completedAt: DateTime
  createdAt: DateTime!
  creator: User
  description: String
  dueDate: TimelessDate
  estimate: Float
  id: ID!
  identifier: String!
  labelIds: [String!]!
  labels({_PAGED}, filter: IssueLabelFilter): IssueLabelConnection!
  number: Float!
  parent: Issue
  priority: Float!
  priorityLabel: String!
  project: Project
  startedAt: DateTime
  state: WorkflowState!
  team: Team!
  title: String!
  updatedAt: DateTime!
  url: String!
"""
_TEXT = "eq: String, eqIgnoreCase: String, in: [String!], contains: String, containsIgnoreCase: String, neq: String"
_USER_FILTER = """
  active: BooleanComparator, displayName: StringComparator, email: StringComparator, id: IDComparator,
  isMe: BooleanComparator, name: StringComparator
"""
_CHANGED = """
  assigneeId: String, cycleId: String, description: String, dueDate: TimelessDate, estimate: Int,
  labelIds: [String!], parentId: String, priority: Int, projectId: String, projectMilestoneId: String,
  stateId: String, subscriberIds: [String!], title: String
"""


def _connection(name: str, more: str = "") -> str:
    return f"""
type {name}Connection {{ edges: [{name}Edge!]!, nodes: [{name}!]!, pageInfo: PageInfo! {more} }}
type {name}Edge {{ cursor: String!, node: {name}! }}
"""


_SDL = f"""
scalar DateTime
scalar TimelessDate
enum PaginationOrderBy {{ createdAt updatedAt }}

type PageInfo {{ endCursor: String, hasNextPage: Boolean!, hasPreviousPage: Boolean!, startCursor: String }}
type ActorBot {{ avatarUrl: String, id: ID, name: String, type: String! }}
type ExternalUser {{ avatarUrl: String, displayName: String!, email: String, id: ID!, name: String! }}
type Organization {{ id: ID!, name: String!, urlKey: String! }}
type User {{
  active: Boolean!, admin: Boolean!, app: Boolean!, avatarUrl: String, displayName: String!, email: String!,
  guest: Boolean!, id: ID!, isMe: Boolean!, name: String!, url: String!
}}
type Team {{ description: String, id: ID!, key: String!, name: String! }}
type WorkflowState {{ color: String!, id: ID!, name: String!, position: Float!, team: Team!, type: String! }}
type IssueLabel {{ color: String!, id: ID!, isGroup: Boolean!, name: String!, parent: IssueLabel, team: Team }}
type Project {{ id: ID!, name: String!, slugId: String!, url: String! }}
type Issue {{ {_ISSUE} }}
type IssueSearchResult {{ {_ISSUE} }}
type Comment {{
  body: String!, botActor: ActorBot, createdAt: DateTime!, editedAt: DateTime, externalUser: ExternalUser, id: ID!,
  issue: Issue, parent: Comment, resolvedAt: DateTime, updatedAt: DateTime!, url: String!, user: User
}}
{_connection("Comment")}{_connection("Issue")}{_connection("IssueLabel")}{_connection("Project")}
{_connection("Team")}{_connection("User")}{_connection("WorkflowState")}
type IssueSearchPayload {{
  edges: [IssueSearchResultEdge!]!, nodes: [IssueSearchResult!]!, pageInfo: PageInfo!, totalCount: Float!
}}
type IssueSearchResultEdge {{ cursor: String!, node: IssueSearchResult! }}

input StringComparator {{ {_TEXT} }}
input NullableStringComparator {{ {_TEXT}, null: Boolean }}
input IDComparator {{ eq: ID, in: [ID!], neq: ID, nin: [ID!] }}
input BooleanComparator {{ eq: Boolean, neq: Boolean }}
input NullableNumberComparator {{ eq: Float, in: [Float!], neq: Float, null: Boolean }}
input CommentFilter {{ body: StringComparator, id: IDComparator }}
input UserFilter {{ {_USER_FILTER}, and: [UserFilter!], or: [UserFilter!] }}
input NullableUserFilter {{ {_USER_FILTER}, and: [NullableUserFilter!], null: Boolean, or: [NullableUserFilter!] }}
input TeamFilter {{
  and: [TeamFilter!], id: IDComparator, key: StringComparator, name: StringComparator, or: [TeamFilter!]
}}
input NullableTeamFilter {{
  and: [NullableTeamFilter!], id: IDComparator, key: StringComparator, name: StringComparator, null: Boolean,
  or: [NullableTeamFilter!]
}}
input WorkflowStateFilter {{
  and: [WorkflowStateFilter!], id: IDComparator, name: StringComparator, or: [WorkflowStateFilter!],
  team: TeamFilter, type: StringComparator
}}
input IssueLabelFilter {{
  and: [IssueLabelFilter!], id: IDComparator, isGroup: BooleanComparator, name: StringComparator,
  or: [IssueLabelFilter!], team: NullableTeamFilter
}}
input ProjectFilter {{
  and: [ProjectFilter!], id: IDComparator, name: StringComparator, or: [ProjectFilter!], slugId: StringComparator
}}
input IssueFilter {{
  and: [IssueFilter!], assignee: NullableUserFilter, description: NullableStringComparator, id: IDComparator,
  or: [IssueFilter!], priority: NullableNumberComparator, state: WorkflowStateFilter, team: TeamFilter,
  title: StringComparator
}}
input IssueCreateInput {{ {_CHANGED}, createAsUser: String, id: String, teamId: String! }}
input IssueUpdateInput {{ {_CHANGED}, addedLabelIds: [String!], removedLabelIds: [String!], teamId: String }}
input CommentCreateInput {{
  body: String, createAsUser: String, id: String, issueId: String, parentId: String, quotedText: String
}}

type IssuePayload {{ issue: Issue, lastSyncId: Float!, success: Boolean! }}
type CommentPayload {{ comment: Comment!, lastSyncId: Float!, success: Boolean! }}

type Query {{
  comment(hash: String, id: String): Comment!
  issue(id: String!): Issue!
  issueLabels({_PAGED}, filter: IssueLabelFilter): IssueLabelConnection!
  issues({_PAGED}, filter: IssueFilter): IssueConnection!
  organization: Organization!
  projects({_PAGED}, filter: ProjectFilter): ProjectConnection!
  searchIssues(
    {_PAGED}, filter: IssueFilter, includeComments: Boolean, teamId: String, term: String!
  ): IssueSearchPayload!
  teams({_PAGED}, filter: TeamFilter): TeamConnection!
  users({_PAGED}, filter: UserFilter, includeDisabled: Boolean): UserConnection!
  viewer: User!
  workflowStates({_PAGED}, filter: WorkflowStateFilter): WorkflowStateConnection!
}}
type Mutation {{
  commentCreate(input: CommentCreateInput!): CommentPayload!
  issueCreate(input: IssueCreateInput!): IssuePayload!
  issueUpdate(id: String!, input: IssueUpdateInput!): IssuePayload!
}}
"""
SCHEMA: GraphQLSchema = build_schema(_SDL)
