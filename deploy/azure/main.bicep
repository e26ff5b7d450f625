// LiveSupport on Azure Container Apps, with PostgreSQL. What was and was not run: README.md beside this file.
//
//   az deployment group create -g livesupport -f deploy/azure/main.bicep -p image=… postgresPassword=… adminEmail=… adminPassword=…

@description('The image that was built with GRAIN_ENGINE=Orleans, in a registry that the identity below may read.')
param image string
param location string = resourceGroup().location
param name string = 'livesupport'
param silos int = 2
param edges int = 2

@description('Letters and digits only: it becomes a part of a connection string.')
@secure()
@minLength(20)
param postgresPassword string

param adminEmail string
@secure()
param adminPassword string

@description('Name of an Azure Container Registry in this resource group; empty: the image is public.')
param registry string = ''

var unique = uniqueString(resourceGroup().id)
var siloPort = 11111
var gatewayPort = 30000
var pullRole = '7f951dda-4ed3-4680-a7ca-43fe172d538d' // AcrPull
var secretsRole = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
var database = 'livesupport'

// ---- who the containers are

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: name
  location: location
}

resource containerRegistry 'Microsoft.ContainerRegistry/registries@2023-07-01' existing = if (!empty(registry)) {
  name: empty(registry) ? 'none' : registry
}

resource mayPull 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(registry)) {
  name: guid(resourceGroup().id, name, pullRole)
  scope: containerRegistry
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', pullRole)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

// ---- secrets

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('${name}${unique}', 24)
  location: location
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enablePurgeProtection: true
  }
}

resource mayRead 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(vault.id, name, secretsRole)
  scope: vault
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsRole)
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
  }
}

resource connection 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'postgres'
  properties: {
    value: 'Host=${postgres.properties.fullyQualifiedDomainName};Database=${database};Username=livesupport;Password=${postgresPassword};SSL Mode=VerifyFull;Maximum Pool Size=20'
  }
}

resource firstPassword 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'admin-password'
  properties: { value: adminPassword }
}

// ---- network

resource network 'Microsoft.Network/virtualNetworks@2024-01-01' = {
  name: name
  location: location
  properties: {
    addressSpace: { addressPrefixes: ['10.20.0.0/16'] }
    subnets: [
      {
        name: 'apps'
        properties: {
          addressPrefix: '10.20.0.0/23'
          delegations: [{ name: 'apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'postgres'
        properties: {
          addressPrefix: '10.20.4.0/28'
          delegations: [{ name: 'postgres', properties: { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' } }]
        }
      }
    ]
  }

  resource apps 'subnets' existing = { name: 'apps' }
  resource data 'subnets' existing = { name: 'postgres' }
}

resource zone 'Microsoft.Network/privateDnsZones@2020-06-01' = {
  name: '${name}.private.postgres.database.azure.com'
  location: 'global'

  resource link 'virtualNetworkLinks' = {
    name: name
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
  }
}

// ---- database

resource postgres 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: '${name}-${unique}'
  location: location
  sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' }
  properties: {
    version: '16'
    administratorLogin: 'livesupport'
    administratorLoginPassword: postgresPassword
    storage: { storageSizeGB: 128, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: 14, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: 'ZoneRedundant' }
    network: { delegatedSubnetResourceId: network::data.id, privateDnsZoneArmResourceId: zone.id }
  }
  dependsOn: [zone::link]

  resource rows 'databases' = {
    name: database
    properties: { charset: 'UTF8', collation: 'C' }
  }
}

// ---- where exports and uploads of backups go (deploy/README.md)

resource storage 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: take('${name}${unique}', 24)
  location: location
  sku: { name: 'Standard_ZRS' }
  kind: 'StorageV2'
  properties: { minimumTlsVersion: 'TLS1_2', allowBlobPublicAccess: false, supportsHttpsTrafficOnly: true }
}

// ---- containers

resource logs 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: name
  location: location
  properties: { sku: { name: 'PerGB2018' }, retentionInDays: 30 }
}

resource environment 'Microsoft.App/managedEnvironments@2024-03-01' = {
  name: name
  location: location
  properties: {
    appLogsConfiguration: {
      destination: 'log-analytics'
      logAnalyticsConfiguration: { customerId: logs.properties.customerId, sharedKey: logs.listKeys().primarySharedKey }
    }
    vnetConfiguration: { infrastructureSubnetId: network::apps.id }
    zoneRedundant: true
    // Dedicated, because silos must reach each other's addresses: see README.md.
    workloadProfiles: [{ name: 'dedicated', workloadProfileType: 'D4', minimumCount: 2, maximumCount: 6 }]
  }
}

var secrets = [
  { name: 'postgres', keyVaultUrl: connection.properties.secretUri, identity: identity.id }
  { name: 'admin-password', keyVaultUrl: firstPassword.properties.secretUri, identity: identity.id }
]
var registries = empty(registry) ? [] : [{ server: containerRegistry!.properties.loginServer, identity: identity.id }]
var shared = [
  { name: 'LiveSupport__Postgres', secretRef: 'postgres' }
  { name: 'LiveSupport__Cluster__SiloPort', value: string(siloPort) }
  { name: 'LiveSupport__Cluster__GatewayPort', value: string(gatewayPort) }
]
var live = { httpGet: { path: '/health/live', port: 8080 } }
var ready = { httpGet: { path: '/health/ready', port: 8080 } }
var probes = [
  union(live, { type: 'Startup', periodSeconds: 3, failureThreshold: 30 })
  union(live, { type: 'Liveness', periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 })
  union(ready, { type: 'Readiness', periodSeconds: 5, timeoutSeconds: 6, failureThreshold: 3 })
]

resource silo 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${name}-silo'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'dedicated'
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: secrets
      registries: registries
      // No one comes in by a name; the ports are opened for the replicas of this environment.
      ingress: {
        external: false
        transport: 'tcp'
        targetPort: gatewayPort
        additionalPortMappings: [{ external: false, targetPort: siloPort }]
      }
    }
    template: {
      terminationGracePeriodSeconds: 75
      containers: [
        {
          name: 'silo'
          image: image
          resources: { cpu: json('1.0'), memory: '2Gi' }
          env: concat(shared, [{ name: 'LiveSupport__Role', value: 'silo' }])
          probes: probes
        }
      ]
      scale: { minReplicas: silos, maxReplicas: silos }
    }
  }
  dependsOn: [mayPull, mayRead, postgres::rows]
}

resource edge 'Microsoft.App/containerApps@2024-03-01' = {
  name: '${name}-edge'
  location: location
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identity.id}': {} } }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'dedicated'
    configuration: {
      activeRevisionsMode: 'Single'
      secrets: secrets
      registries: registries
      // No session affinity: any edge serves anybody.
      ingress: { external: true, transport: 'http', targetPort: 8080, allowInsecure: false }
    }
    template: {
      terminationGracePeriodSeconds: 75
      containers: [
        {
          name: 'edge'
          image: image
          resources: { cpu: json('1.0'), memory: '2Gi' }
          env: concat(shared, [
            { name: 'LiveSupport__Role', value: 'edge' }
            { name: 'ASPNETCORE_FORWARDEDHEADERS_ENABLED', value: 'true' }
            { name: 'LiveSupport__Admin__Email', value: adminEmail }
            { name: 'LiveSupport__Admin__Password', secretRef: 'admin-password' }
          ])
          probes: probes
        }
      ]
      // Going down makes visitors reconnect, so it only goes up by itself with load that lasts.
      scale: {
        minReplicas: edges
        maxReplicas: 10
        rules: [{ name: 'cpu', custom: { type: 'cpu', metadata: { type: 'Utilization', value: '60' } } }]
      }
    }
  }
  dependsOn: [mayPull, mayRead, silo]
}

output url string = 'https://${edge.properties.configuration.ingress.fqdn}'
output backups string = storage.name
